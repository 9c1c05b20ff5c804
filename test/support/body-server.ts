import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'

/**
 * An HTTP server that is asked once a request is there with all of its body. A client that goes away within one is no failure
 * of the test; what `answer` throws is.
 */
export function bodyServer(
  answer: (request: IncomingMessage, response: ServerResponse, body: Buffer) => void | Promise<void>,
): Server {
  return createServer(async (request, response) => {
    const chunks: Buffer[] = []
    try {
      for await (const chunk of request) chunks.push(chunk)
    } catch {
      response.destroy()
      return
    }
    await answer(request, response, Buffer.concat(chunks))
  })
}
