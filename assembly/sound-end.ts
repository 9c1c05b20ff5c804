import { isUtf8 } from './utf8'

// Each says where what begins at `at` ends, or -1 when it does not end within `last`, or is not what it should be. Lengths
// are compared with what is left, because a sum may be beyond 32 bits. `at` is never beyond `last`.

/** Length, UTF-8, NUL. */
// @ts-ignore: a decorator of AssemblyScript
@inline
export function soundTextEnd(at: i32, last: i32): i32 {
  const length = load<i32>(at)
  if (last - at < 5 || length < 1 || length > last - at - 4) return -1
  const nul = at + 3 + length
  return load<u8>(nul) == 0 && isUtf8(at + 4, nul) ? nul + 1 : -1
}

/** UTF-8, NUL. There must be a NUL somewhere. */
export function soundCstringEnd(at: i32, last: i32): i32 {
  let nul = at
  while (load<u8>(nul) != 0) nul++
  return nul < last && isUtf8(at, nul) ? nul + 1 : -1
}

/** Length and terminator; what lies between is not looked at. */
export function soundDocumentEnd(at: i32, last: i32): i32 {
  const length = load<i32>(at)
  if (last - at < 5 || length < 5 || length > last - at) return -1
  return load<u8>(at + length - 1) == 0 ? at + length : -1
}
