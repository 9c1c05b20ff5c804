import type { ReactNode } from 'react'
import type { ResultView, RuleView } from '../../../src/http/pipeline-result.js'
import { Spark } from '../charts/spark.js'
import { Empty } from '../parts/loaded.js'
import { Pill, type Tone } from '../parts/pill.js'
import { Figure, Table } from '../parts/table.js'
import { formatCount, formatNoun, formatShare } from '../text/figures.js'

const COLUMNS = ['Status', 'Rule', 'Column', 'Severity', { name: 'Violated', number: true }, 'Share', 'Earlier runs']
const SEVERITIES = ['error', 'warning', 'info']

/** What fails first, by severity; then what is violated within its tolerance; then as the contract has them. */
export function rulesByUrgency(rules: readonly RuleView[]): readonly RuleView[] {
  const rank = ({ status, severity, violated }: RuleView): number =>
    status === 'fail' ? Math.max(0, SEVERITIES.indexOf(severity)) : violated > 0 ? 3 : 4
  return rules.toSorted((a, b) => rank(a) - rank(b))
}

/** As the reports say it. */
export function ruleState({ status, severity, violated, checked }: RuleView): readonly [word: string, tone: Tone] {
  if (status === 'fail')
    return severity === 'error' ? ['fails', 'fail'] : severity === 'warning' ? ['warns', 'warn'] : ['informs', 'info']
  if (violated > 0) return ['tolerated', 'none']
  return checked === 0 ? ['idle', 'none'] : ['kept', 'pass']
}

export interface RuleTableProps {
  readonly rules: readonly RuleView[]
  /** Results of earlier runs, oldest first. */
  readonly past: readonly (ResultView | undefined)[]
  readonly chosen: string | undefined
  readonly onChoose: (rule: string | undefined) => void
}

/** So many are shown at once: only of a longer list are those that are kept put away. */
const SHORT_LIST = 8

export function RuleTable(props: RuleTableProps): ReactNode {
  const { rules } = props
  if (rules.length === 0)
    return <Empty title="The contract has no rules">There was nothing to hold the documents to.</Empty>
  const ordered = rulesByUrgency(rules)
  const broken = ordered.filter(({ status, violated }) => status === 'fail' || violated > 0)
  const kept = ordered.slice(broken.length)
  if (rules.length <= SHORT_LIST || broken.length === 0 || kept.length === 0)
    return <Rows {...props} rules={ordered} caption="Every rule of the contract, what needs attention first" />
  return (
    <>
      <Rows {...props} rules={broken} caption="Rules that are broken, what needs attention first" />
      <details className="plain">
        <summary>The {formatNoun(kept.length, 'rule')} that are kept</summary>
        <Rows {...props} rules={kept} caption="Rules that are kept, or had nothing to check" />
      </details>
    </>
  )
}

function Rows({ rules, past, chosen, onChoose, caption }: RuleTableProps & { readonly caption: string }): ReactNode {
  return (
    <Table caption={caption} columns={COLUMNS}>
      {rules.map(rule => (
        <RuleRow key={rule.id} rule={rule} past={past} chosen={rule.id === chosen} onChoose={onChoose} />
      ))}
    </Table>
  )
}

function RuleRow({
  rule,
  past,
  chosen,
  onChoose,
}: {
  readonly rule: RuleView
  readonly past: RuleTableProps['past']
  readonly chosen: boolean
  readonly onChoose: RuleTableProps['onChoose']
}): ReactNode {
  const [word, tone] = ruleState(rule)
  const { id, column, severity, checked, violated, message, description, observed, kind } = rule
  const whole = column === '' || observed !== undefined
  const counts = [
    ...past.filter(result => result !== undefined).map(({ rules }) => rules.find(one => one.id === id)?.violated),
    violated,
  ]
  return (
    <tr className={chosen ? 'chosen' : undefined}>
      <td>
        <Pill tone={tone}>{word}</Pill>
      </td>
      <th scope="row" className="name">
        {violated > 0 && !whole ? (
          <button
            type="button"
            className="link"
            aria-pressed={chosen}
            onClick={() => onChoose(chosen ? undefined : id)}
          >
            {message ?? kind}
          </button>
        ) : (
          <b>{message ?? kind}</b>
        )}
        <small className="mono">{id}</small>
        {description !== undefined && <small>{description}</small>}
        {observed !== undefined && <small>found: {observed}</small>}
      </th>
      <td className="mono">{column === '' ? 'the dataset' : column}</td>
      <td data-label="Severity">{severity}</td>
      <Figure name="Violated" value={violated} format={formatCount} />
      <td data-label="Share">
        {whole || checked === 0 ? (
          <small>{checked === 0 ? 'no value to check' : 'whole dataset'}</small>
        ) : (
          <>
            {violated > 0 && (
              <span className={`bar ${tone}`} aria-hidden="true">
                <i style={{ width: `${Math.max(3, (violated / checked) * 100)}%` }} />
              </span>
            )}
            {formatShare(violated, checked)} <small>of {formatCount(checked)}</small>
          </>
        )}
      </td>
      <td className="wide">
        <Spark counts={counts} said={`${id}, violated run after run`} />
      </td>
    </tr>
  )
}
