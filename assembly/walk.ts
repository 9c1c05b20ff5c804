/** Where the value of this type that begins at `at` ends. Only for values that have been checked. */
// @ts-ignore: a decorator of AssemblyScript
@inline
export function valueEnd(type: i32, at: i32): i32 {
  switch (type) {
    case 0x02:
      return at + 4 + load<i32>(at)
    case 0x10:
      return at + 4
    case 0x01:
    case 0x09:
    case 0x11:
    case 0x12:
      return at + 8
    case 0x07:
      return at + 12
    case 0x08:
      return at + 1
    case 0x03:
    case 0x04:
      return at + load<i32>(at)
    default:
      return rareEnd(type, at)
  }
}

function rareEnd(type: i32, at: i32): i32 {
  switch (type) {
    case 0x0d:
    case 0x0e:
      return at + 4 + load<i32>(at)
    case 0x0f:
      return at + load<i32>(at)
    case 0x13:
      return at + 16
    case 0x05:
      return at + 5 + load<i32>(at)
    case 0x0b:
      return cstringEnd(cstringEnd(at))
    case 0x0c:
      return at + 4 + load<i32>(at) + 12
    default:
      return at
  }
}

/** Just after the NUL. */
export function cstringEnd(at: i32): i32 {
  while (load<u8>(at) != 0) at++
  return at + 1
}
