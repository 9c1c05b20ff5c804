/** Takes OpenLineage events: a server, or a file. */
export interface LineageSink {
  /**
   * Resolves when the event is where it has to be. Within a few seconds, which the adapter states, it does or it rejects, with
   * a message that names the place and none of its secrets. The caller sends one after the other.
   *
   * @param event - JSON, one line
   */
  send(event: string, signal: AbortSignal): Promise<void>
}
