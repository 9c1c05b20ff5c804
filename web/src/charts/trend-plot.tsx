import type { ReactNode } from 'react'
import {
  Area,
  Bar,
  CartesianGrid,
  Cell,
  ComposedChart,
  Line,
  ResponsiveContainer,
  Tooltip,
  XAxis,
  YAxis,
} from 'recharts'
import { formatTick } from '../text/figures.js'

export interface TrendPoint {
  /** Different for each. */
  readonly key: string
  /** On the axis. */
  readonly label: string
  /** In the box beside the pointer. */
  readonly title: string
  readonly value: number | null
  readonly tone?: 'pass' | 'warn' | 'fail' | undefined
}

export interface TrendPlotProps {
  readonly points: readonly TrendPoint[]
  readonly kind: 'line' | 'bars'
  readonly colour: string
  readonly format: (value: number) => string
  /** Within it nothing would have been told: drawn behind the line. */
  readonly band?: { readonly low: number; readonly high: number }
}

const CALM = globalThis.matchMedia?.('(prefers-reduced-motion: reduce)').matches ?? false
const INK = { fill: 'var(--soft)', fontSize: 12 }

/** What it shows is in a table beside it, so to a screen reader it is nothing. */
export default function TrendPlot({ points, kind, colour, format, band }: TrendPlotProps): ReactNode {
  const data = points.map(point => ({ ...point, ...(band === undefined ? {} : { band: [band.low, band.high] }) }))
  const labels = new Map(points.map(({ key, label }) => [key, label]))
  const lowest = band === undefined ? 0 : 'auto'
  return (
    <ResponsiveContainer width="100%" height="100%">
      <ComposedChart data={data} margin={{ top: 6, right: 8, bottom: 0, left: 0 }} accessibilityLayer={false}>
        <CartesianGrid vertical={false} stroke="var(--line)" />
        <XAxis
          dataKey="key"
          tickFormatter={(key: string) => labels.get(key) ?? ''}
          tick={INK}
          tickLine={false}
          axisLine={{ stroke: 'var(--edge)' }}
          minTickGap={28}
        />
        <YAxis
          width={46}
          tick={INK}
          tickLine={false}
          axisLine={false}
          tickCount={4}
          domain={[lowest, 'auto']}
          tickFormatter={formatTick}
          allowDecimals={band !== undefined || kind === 'line'}
        />
        <Tooltip
          cursor={{ fill: 'var(--ink)', fillOpacity: 0.06, stroke: 'none' }}
          isAnimationActive={false}
          content={({ payload }) => {
            const point = payload?.[0]?.payload as TrendPoint | undefined
            if (point === undefined) return null
            return (
              <div className="tip">
                <strong>{point.value === null ? 'none' : format(point.value)}</strong>
                {point.title}
              </div>
            )
          }}
        />
        {band !== undefined && (
          <Area
            dataKey="band"
            stroke="none"
            fill="var(--band)"
            fillOpacity={1}
            isAnimationActive={false}
            activeDot={false}
          />
        )}
        {kind === 'bars' ? (
          <Bar dataKey="value" fill={colour} maxBarSize={26} isAnimationActive={!CALM} animationDuration={250}>
            {points.map(({ key, tone }) => (
              <Cell key={key} fill={tone === undefined ? colour : `var(--${tone})`} />
            ))}
          </Bar>
        ) : (
          <Line
            dataKey="value"
            stroke={colour}
            strokeWidth={2}
            isAnimationActive={!CALM}
            animationDuration={250}
            connectNulls
            dot={({ cx, cy, payload, key }) => (
              <Dot key={key} cx={cx} cy={cy} point={payload as TrendPoint} colour={colour} />
            )}
            activeDot={{ r: 4, stroke: 'var(--raised)' }}
          />
        )}
      </ComposedChart>
    </ResponsiveContainer>
  )
}

interface DotProps {
  readonly cx: number | undefined
  readonly cy: number | undefined
  readonly point: TrendPoint
  readonly colour: string
}

function Dot({ cx, cy, point, colour }: DotProps): ReactNode {
  if (cx === undefined || cy === undefined || point.value === null) return null
  const { tone } = point
  return (
    <circle
      cx={cx}
      cy={cy}
      r={tone === undefined ? 2.2 : 4.5}
      fill={tone === undefined ? colour : `var(--${tone})`}
      stroke="var(--raised)"
      strokeWidth={tone === undefined ? 0 : 1.5}
    />
  )
}
