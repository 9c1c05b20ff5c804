import type { MetricDefinition } from '../model/metric.js'

export type MetricName = `lakeferry_${string}`

type Row = readonly [help: string, ...labels: readonly string[]]

/**
 * Every metric of ours: help, then labels. All are gauges, since all of them are told from what is on the lake: a restart
 * loses nothing, and two who watch the same lake say the same. Labels are bounded by the configuration, never by the data.
 */
const TABLE: Readonly<Record<MetricName, Row>> = {
  lakeferry_build_info: ['Always 1; its label is the version of Lakeferry.', 'version'],
  lakeferry_dataset_age_seconds: ['Since the data of the newest committed run were read.', 'dataset'],
  lakeferry_dataset_freshness_promise_seconds: ['How old the newest committed run may be.', 'dataset'],
  lakeferry_dataset_last_commit_timestamp_seconds: ['When the newest committed run was committed.', 'dataset'],
  lakeferry_dataset_documents: ['Documents of the newest committed run, rejected ones included.', 'dataset'],
  lakeferry_dataset_rejected_documents: ['Documents that the newest committed run could not carry.', 'dataset'],
  lakeferry_dataset_size_bytes: ['Bytes of the parts of the newest committed run, all formats.', 'dataset'],
  lakeferry_dataset_parts: ['Parts of the newest committed run, all formats.', 'dataset'],
  lakeferry_dataset_violations: ['Violations that the validation of the newest committed run found.', 'dataset'],
  lakeferry_dataset_rules: ['Rules that the newest committed run was held to, by how they ended.', 'dataset', 'status'],
  lakeferry_dataset_verdict: [
    'What the newest committed run is good for: 1 for what it is, 0 for what it is not.',
    'dataset',
    'verdict',
  ],
  lakeferry_attempt_started_timestamp_seconds: ['When the last attempt at a run was begun.', 'dataset'],
  lakeferry_attempt_success: ['Whether the last attempt that ended came to its end: 1 or 0.', 'dataset'],
  lakeferry_attempt_last_success_timestamp_seconds: [
    'When the newest attempt that came to its end did, whatever its verdict.',
    'dataset',
  ],
  lakeferry_attempt_failures_in_a_row: ['Attempts that failed since the newest one that did not.', 'dataset'],
  lakeferry_attempts_recorded: ['Attempts on record, by outcome; the record keeps the last 60.', 'dataset', 'outcome'],
  lakeferry_export_duration_seconds: ['How long the export of the newest attempt that has one took.', 'dataset'],
  lakeferry_validation_duration_seconds: [
    'How long the validation of the newest attempt that has one took.',
    'dataset',
  ],
  lakeferry_observation_timestamp_seconds: ['When the last pass of the monitor was made.'],
  lakeferry_checks: ['Checks of the last pass of the monitor, by state.', 'kind', 'state'],
  lakeferry_check_wrong: [
    'Whether a check of the last pass of the monitor is wrong: 1 or 0; absent when it cannot be told.',
    'kind',
    'subject',
  ],
  lakeferry_alerts_open: ['Alerts that are open, by kind and severity.', 'kind', 'severity'],
  lakeferry_alerts_acknowledged: ['Alerts that are open and that somebody has acknowledged.'],
  lakeferry_alert_messages_pending: ['Messages of alerts that a channel has not taken yet.', 'channel'],
  lakeferry_channel_failures_in_a_row: ['Passes in a row in which a channel took no message.', 'channel'],
  lakeferry_channel_messages_given_up: ['Messages given up since a channel last took one.', 'channel'],
  lakeferry_schedule_slots_recorded: [
    'Slots on record, by what became of them; the record keeps the last 60.',
    'set',
    'state',
  ],
  lakeferry_schedule_last_slot_timestamp_seconds: ['The newest slot that was run to its end.', 'set'],
  lakeferry_schedule_last_slot_exit_code: ['Exit code of the run for the newest slot that ended.', 'set'],
  lakeferry_schedule_next_slot_timestamp_seconds: ['The next slot.', 'set'],
  lakeferry_read_errors: ['What of the lake could not be read for these metrics, by what it is.', 'of'],
}

export const METRICS: readonly MetricDefinition[] = Object.entries(TABLE).map(([name, [help, ...labels]]) => ({
  ...{ name, help, labels },
}))
