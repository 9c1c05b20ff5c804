import { describe, expect, it } from 'vitest'
import { STYLE } from '../../src/report/html-style.js'

/** Custom properties of the light palette, and of the dark one over it. */
function palettes(): { light: Map<string, string>; dark: Map<string, string> } {
  const [light = '', dark = ''] = [...STYLE.matchAll(/:root \{([\s\S]*?)\}/g)].map(([, block]) => block ?? '')
  const read = (block: string): [string, string][] =>
    [...block.matchAll(/--([\w-]+): (#[0-9a-f]{6});/g)].map(([, name = '', value = '']) => [name, value])
  return { light: new Map(read(light)), dark: new Map([...read(light), ...read(dark)]) }
}

/** WCAG 2.2, relative luminance and contrast ratio. */
function contrast(a: string, b: string): number {
  const luminance = (colour: string): number => {
    const [r = 0, g = 0, b = 0] = [1, 3, 5]
      .map(at => Number.parseInt(colour.slice(at, at + 2), 16) / 255)
      .map(part => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4))
    return 0.2126 * r + 0.7152 * g + 0.0722 * b
  }
  const [high = 0, low = 0] = [luminance(a), luminance(b)].sort((x, y) => y - x)
  return (high + 0.05) / (low + 0.05)
}

const TEXT = [
  ['ink', 'paper'], ['ink', 'faint'], ['soft', 'paper'], ['soft', 'faint'], ['accent', 'paper'],
  ['paper', 'fail'], ['warn', 'warn-tint'], ['pass', 'pass-tint'], ['info', 'info-tint'],
  ['head-ink', 'head-pass'], ['head-ink', 'head-fail'],
] as const // biome-ignore format: pairs
const MARKS = [
  ['pass', 'paper'], ['warn', 'paper'], ['fail', 'paper'], ['info', 'paper'], ['type-0', 'paper'], ['type-1', 'paper'],
  ['pass', 'faint'], ['warn', 'faint'], ['fail', 'faint'],
] as const // biome-ignore format: pairs

describe.each(Object.entries(palettes()))('the %s palette', (_, palette) => {
  const of = (pair: readonly [string, string]): number =>
    contrast(palette.get(pair[0]) ?? '', palette.get(pair[1]) ?? '')

  it.each(TEXT)('lets %s be read on %s (AA, 4.5:1)', (...pair) => expect(of(pair)).toBeGreaterThanOrEqual(4.5))
  it.each(MARKS)('lets a mark in %s be seen on %s (AA, 3:1)', (...pair) => expect(of(pair)).toBeGreaterThanOrEqual(3))

  it('lets dark ink be read on the head of a warning', () =>
    expect(contrast('#241800', palette.get('head-warn') ?? '')).toBeGreaterThanOrEqual(4.5))
})
