/**
 * A field's name as it has been met, told from others by its bytes. Every struct that has one begins with these members.
 */
export const NAME: usize = 0 // where its bytes are, NUL and all
export const SIZE: usize = 4 // of those
export const HEAD: usize = 8 // the first eight bytes as a word; zeros after a shorter name
export const HEAD_MASK: usize = 16 // which of those count
export const NAMED_SIZE: usize = 24

/** Copies the name, which ends with its NUL, to `copy` and makes it that of the struct. */
export function setName(named: usize, copy: usize, name: usize, size: i32): void {
  memory.copy(copy, name, size)
  store<u32>(named, <u32>copy, NAME)
  store<i32>(named, size, SIZE)
  const mask: u64 = size >= 8 ? ~(<u64>0) : ((<u64>1) << (8 * <u64>size)) - 1
  store<u64>(named, load<u64>(name) & mask, HEAD)
  store<u64>(named, mask, HEAD_MASK)
}

/** Whether this name, NUL and all, is the one at `start` and ends by `limit`. Looks at eight bytes in any case. */
// @ts-ignore: a decorator of AssemblyScript
@inline
export function isAt(named: usize, start: usize, limit: usize): bool {
  if (((load<u64>(start) ^ load<u64>(named, HEAD)) & load<u64>(named, HEAD_MASK)) != 0) return false
  const size = <usize>load<u32>(named, SIZE)
  return start + size <= limit && (size <= 8 || isRestAt(load<u32>(named, NAME), start, size))
}

/** The bytes after the first eight; the last word may overlap the one before. */
export function isRestAt(name: usize, start: usize, size: usize): bool {
  const last = size - 8
  for (let at: usize = 8; at < last; at += 8) if (load<u64>(start + at) != load<u64>(name + at)) return false
  return load<u64>(start + last) == load<u64>(name + last)
}
