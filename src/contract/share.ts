import { number, refuse, refuseType, scalar, type YamlValue } from './yaml-file.js'

/** Beyond this a bare number was probably meant in percent: an increase of 50 is one to 51 times as many. */
const MAX_BARE = 10

/** A share as it is written, `0.95` or `95%`, rounded to the decimal that was meant. */
export function readShare(value: YamlValue, most: 1 | undefined): number {
  const written = scalar(value).value
  const wanted = most === 1 ? 'a share from 0 to 1, or 0% to 100%' : 'a share such as 0.5 or 50%'
  if (typeof written === 'string') {
    const found = /^(\d{1,9}(?:\.\d{1,9})?) ?%$/.exec(written)
    if (!found) refuseType(value, wanted, 'Write 0.95 or 95%.')
    const share = Number((Number(found[1]) / 100).toFixed(12))
    return most !== undefined && share > most ? refuseType(value, wanted) : share
  }
  const share = number(value, wanted)
  if (share < 0) refuseType(value, wanted)
  if (share > (most ?? MAX_BARE))
    refuse(value, `${value.key}: ${share} is ${share * 100} percent`, `Write ${share}% if that is meant.`)
  return share
}
