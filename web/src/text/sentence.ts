/** The error table has its messages without a capital and a full stop, to stand after the code. */
export function sentence(message: string): string {
  const text = capital(message)
  return /[.!?…]$/.test(text) ? text : `${text}.`
}

export function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}
