import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Column } from '../../src/model/column.js'
import { lakeKey } from '../../src/model/lake-key.js'
import { encodeJson, type Manifest } from '../../src/model/manifest.js'
import type { ObjectStore } from '../../src/ports/object-store.js'
import { type MadeRow, makeRun, RUN_ID } from '../validate/made-run.js'
import { column } from '../validate/validate-rows.js'
import { type Invocation, invoke, jsonOf } from './cli-fixture.js'
import { differences, documentedShape } from './documented-json.js'

export const TITLE: readonly Column[] = [column('title', 'string')]
/** The made run was begun then. */
export const BEGUN = '2026-01-02T03:04:05.678Z'

/** The schema object of a contract, as lines of YAML with their indentation. */
export const REQUIRED_TITLE = '      - {name: title, logicalType: string, required: true}'

/** A lake in a folder with runs that nobody exported, a configuration and a contract beside it. */
export class JudgedLake {
  readonly folder: string
  readonly lake: ObjectStore
  readonly manifest: Manifest

  private constructor(folder: string, lake: ObjectStore, manifest: Manifest) {
    this.folder = folder
    this.lake = lake
    this.manifest = manifest
  }

  static async make(
    rows: readonly MadeRow[],
    { columns = TITLE, changes = {} }: { columns?: readonly Column[]; changes?: Partial<Manifest> } = {},
  ): Promise<JudgedLake> {
    const folder = await mkdtemp(join(tmpdir(), 'lakeferry-judged-'))
    const { lake, manifest } = await makeRun(join(folder, 'lake'), columns, [rows])
    const judged = new JudgedLake(folder, lake, { ...manifest, ...changes })
    await lake.put(lakeKey.manifest('papers', RUN_ID), encodeJson(judged.manifest))
    await judged.contract(REQUIRED_TITLE)
    await judged.configure()
    return judged
  }

  async configure(settings = ''): Promise<void> {
    await mkdir(this.folder, { recursive: true })
    await writeFile(
      join(this.folder, 'lakeferry.yaml'),
      'source: {uri: "mongodb://h", database: d}\nlake: {url: file:./lake}\nmonitor: {freshness: 26h}\ndatasets:\n' +
        `  papers: {collection: papers, contract: papers.odcs.yaml${settings}}\n`,
    )
  }

  /** @param properties - lines of YAML @param rest - further lines */
  async contract(properties: string, rest = ''): Promise<string> {
    const text =
      'apiVersion: v3.1.0\nkind: DataContract\nid: urn:test:papers\nname: Papers\nversion: 1.0.0\nstatus: active\n' +
      `schema:\n  - name: papers\n    properties:\n${properties}\n${rest}`
    await writeFile(join(this.folder, 'papers.odcs.yaml'), text)
    return text
  }

  /** @param hours - after the run was begun */
  invoke(argv: readonly string[], hours = 1): Promise<Invocation> {
    return invoke(argv, { cwd: this.folder, now: new Date(Date.parse(BEGUN) + hours * 3_600_000) })
  }

  /** Its only dataset, as `--json` tells it, checked against docs/cli.md. */
  async told(argv: readonly string[], hours = 1): Promise<{ exitCode: number; entry: Record<string, unknown> }> {
    const invocation = await this.invoke([...argv, '--json', '--quiet'], hours)
    const json = jsonOf(invocation)
    const wrong = json['error'] === undefined ? differences(json, documentedShape(argv[0] ?? '')) : []
    if (wrong.length > 0) throw new Error(wrong.join('\n'))
    const [entry = {}] = (json['datasets'] ?? []) as Record<string, unknown>[]
    return { exitCode: invocation.exitCode, entry: { ...entry, error: json['error'] } }
  }

  remove(): Promise<void> {
    return rm(this.folder, { recursive: true, force: true })
  }
}
