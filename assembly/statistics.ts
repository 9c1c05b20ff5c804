import { BOOLEAN, BYTES, DOUBLE, ENTRIES, INT32, INT64, NULLS, PHYSICAL } from './leaf'

/** The least value, and eight bytes later the greatest, as they stand in the leaf; booleans as a word. */
const bounds: usize = memory.data(16)
const MAX: usize = 8

const NONE: i32 = 0
const SOME: i32 = 1
const NAN: i32 = 2

export function boundsAt(): usize {
  return bounds
}

/** Looks for the bounds of a page's worth of values; see `src/parquet/statistics.ts`. 0 none, 1 bounds, 2 a NaN. */
export function makeBounds(leaf: usize): i32 {
  const count = load<u32>(leaf, ENTRIES) - load<u32>(leaf, NULLS)
  if (count === 0) return NONE
  const values = load<usize>(leaf, BYTES)
  switch (load<i32>(leaf, PHYSICAL)) {
    case BOOLEAN:
      return booleanBounds(values, count)
    case INT32:
      return int32Bounds(values, count)
    case INT64:
      return int64Bounds(values, count)
    case DOUBLE:
      return doubleBounds(values, count)
    default:
      return NONE
  }
}

function int32Bounds(values: usize, count: usize): i32 {
  let least = load<i32>(values)
  let greatest = least
  let at = values
  const end = values + 4 * count
  if (count >= 8) {
    let leasts = i32x4.splat(least)
    let greatests = leasts
    for (; at + 16 <= end; at += 16) {
      const four = v128.load(at)
      leasts = i32x4.min_s(leasts, four)
      greatests = i32x4.max_s(greatests, four)
    }
    least = min(
      min(i32x4.extract_lane(leasts, 0), i32x4.extract_lane(leasts, 1)),
      min(i32x4.extract_lane(leasts, 2), i32x4.extract_lane(leasts, 3)),
    )
    greatest = max(
      max(i32x4.extract_lane(greatests, 0), i32x4.extract_lane(greatests, 1)),
      max(i32x4.extract_lane(greatests, 2), i32x4.extract_lane(greatests, 3)),
    )
  }
  for (; at < end; at += 4) {
    const value = load<i32>(at)
    least = min(least, value)
    greatest = max(greatest, value)
  }
  store<i32>(bounds, least)
  store<i32>(bounds, greatest, MAX)
  return SOME
}

function int64Bounds(values: usize, count: usize): i32 {
  let leasts = v128.load64_splat(values)
  let greatests = leasts
  let at = values
  const end = values + 8 * count
  for (; at + 16 <= end; at += 16) {
    const two = v128.load(at)
    leasts = v128.bitselect(two, leasts, i64x2.gt_s(leasts, two))
    greatests = v128.bitselect(two, greatests, i64x2.gt_s(two, greatests))
  }
  let least = min(i64x2.extract_lane(leasts, 0), i64x2.extract_lane(leasts, 1))
  let greatest = max(i64x2.extract_lane(greatests, 0), i64x2.extract_lane(greatests, 1))
  if (at < end) {
    least = min(least, load<i64>(at))
    greatest = max(greatest, load<i64>(at))
  }
  store<i64>(bounds, least)
  store<i64>(bounds, greatest, MAX)
  return SOME
}

/** Two at a time. Which of two zeros is found is of no account: a bound that is zero gets the sign that covers both. */
function doubleBounds(values: usize, count: usize): i32 {
  let leasts = v128.load64_splat(values)
  let greatests = leasts
  let strange = f64x2.ne(leasts, leasts)
  let at = values
  const end = values + 8 * count
  for (; at + 16 <= end; at += 16) {
    const two = v128.load(at)
    leasts = f64x2.pmin(leasts, two)
    greatests = f64x2.pmax(greatests, two)
    strange = v128.or(strange, f64x2.ne(two, two))
  }
  if (at < end) {
    const one = v128.load64_splat(at)
    leasts = f64x2.pmin(leasts, one)
    greatests = f64x2.pmax(greatests, one)
    strange = v128.or(strange, f64x2.ne(one, one))
  }
  if (v128.any_true(strange)) return NAN
  store<f64>(bounds, min(f64x2.extract_lane(leasts, 0), f64x2.extract_lane(leasts, 1)))
  store<f64>(bounds, max(f64x2.extract_lane(greatests, 0), f64x2.extract_lane(greatests, 1)), MAX)
  return SOME
}

function booleanBounds(values: usize, count: usize): i32 {
  let any: u32 = 0
  let all: u32 = 0xff
  const last = values + (count >>> 3)
  for (let at = values; at < last; at++) {
    const eight = <u32>load<u8>(at)
    any |= eight
    all &= eight
  }
  const rest = <u32>count & 7
  if (rest > 0) {
    const mask = ((<u32>1) << rest) - 1
    const eight = <u32>load<u8>(last)
    any |= eight & mask
    all &= eight | ~mask
  }
  store<i32>(bounds, <i32>(all === 0xff))
  store<i32>(bounds, <i32>(any !== 0), MAX)
  return SOME
}
