import type { CommandModule } from './command.js'

export interface CommandRow {
  readonly name: string
  readonly summary: string
  /** Loads the command's own file, and only when it is that command that was asked for. */
  readonly load: () => Promise<CommandModule>
}

export const COMMANDS: readonly CommandRow[] = [
  {
    name: 'init',
    summary: 'write a first lakeferry.yaml and contracts, from a look at the collections',
    load: () => import('./commands/init.js'),
  },
  {
    name: 'import',
    summary: 'load JSON, JSON Lines, Extended JSON or BSON files into MongoDB',
    load: () => import('./commands/import.js'),
  },
  {
    name: 'export',
    summary: 'export datasets to the lake: one committed run each, or none',
    load: () => import('./commands/export.js'),
  },
  {
    name: 'validate',
    summary: 'hold a committed run to its data contract',
    load: () => import('./commands/validate.js'),
  },
  {
    name: 'run',
    summary: 'export, validate, report and judge: what a schedule calls',
    load: () => import('./commands/run.js'),
  },
  {
    name: 'schedule',
    summary: 'run each slot of the schedule once, by cron, and watch over what is promised',
    load: () => import('./commands/schedule.js'),
  },
  {
    name: 'verify',
    summary: 'prove a committed run: its parts, or its documents against their source',
    load: () => import('./commands/verify.js'),
  },
  {
    name: 'restore',
    summary: 'put a committed run back into MongoDB, and check the digest',
    load: () => import('./commands/restore.js'),
  },
  {
    name: 'query',
    summary: 'ask committed runs in SQL, by the names of their datasets',
    load: () => import('./commands/query.js'),
  },
  {
    name: 'diff',
    summary: 'tell which documents two runs of a dataset have different, and in which fields',
    load: () => import('./commands/diff.js'),
  },
  { name: 'runs', summary: 'list the runs on the lake', load: () => import('./commands/runs.js') },
  {
    name: 'status',
    summary: 'tell what is fresh, stale, failed or unfinished',
    load: () => import('./commands/status.js'),
  },
  {
    name: 'monitor',
    summary: 'look at everything that was promised, and alert',
    load: () => import('./commands/monitor.js'),
  },
  {
    name: 'alerts',
    summary: 'list, acknowledge and silence alerts; try their channels',
    load: () => import('./commands/alerts.js'),
  },
  {
    name: 'report',
    summary: 'show or write the report on a validated run',
    load: () => import('./commands/report.js'),
  },
  {
    name: 'contract',
    summary: 'check contracts, suggest one from an export, compare two',
    load: () => import('./commands/contract.js'),
  },
  {
    name: 'quarantine',
    summary: 'set a damaged run aside, so that readers get the one before it',
    load: () => import('./commands/quarantine.js'),
  },
  {
    name: 'repair',
    summary: 'make the pointers to the newest runs anew',
    load: () => import('./commands/repair.js'),
  },
  {
    name: 'gc',
    summary: 'remove runs past their retention, and what dead writers left',
    load: () => import('./commands/gc.js'),
  },
  {
    name: 'emr',
    summary: 'validation jobs on Amazon EMR: render, submit, status, cancel',
    load: () => import('./commands/emr.js'),
  },
  {
    name: 'serve',
    summary: 'the API of papers and comments, the pipeline’s routes and the dashboard',
    load: () => import('./commands/serve.js'),
  },
  {
    name: 'doctor',
    summary: 'try each part and say what to do about each failure',
    load: () => import('./commands/doctor.js'),
  },
  {
    name: 'demo',
    summary: 'the whole way with generated papers, on a machine that has nothing',
    load: () => import('./commands/demo.js'),
  },
]
