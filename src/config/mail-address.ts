/** The forms that mail is sent from and to: `a@b`, or `Name <a@b>`. One of each line, and no list in one text. */
const ADDRESS = /^[^\s<>@,;"]+@([^\s<>@,;"]+)$/
const NAMED = /^[^<>\p{Cc}]*<([^<>]+)>$/u

/** Whether the text is one mail address, with or without a name. Letters beyond ASCII are allowed (RFC 6531). */
export function isMailAddress(text: string): boolean {
  return ADDRESS.test((NAMED.exec(text)?.[1] ?? text).trim()) && !/\p{Cc}/u.test(text)
}
