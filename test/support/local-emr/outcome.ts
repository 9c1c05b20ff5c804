/** What becomes of a submitted job: told by the test, since no two failures of EMR look the same. */
export type Outcome =
  /** Runs the real `spark-submit`; its exit code decides. */
  | { readonly kind: 'spark' }
  /** Ends well after a moment, without Spark. */
  | { readonly kind: 'succeeds' }
  /** Ends badly; `stderr` becomes the driver's log, `reason` what the service says. */
  | { readonly kind: 'fails'; readonly reason?: string; readonly stderr?: string }
  /** Waits for machines that never come. */
  | { readonly kind: 'never starts' }
  /** EC2: the cluster ends before the step could run. */
  | { readonly kind: 'cluster fails'; readonly code: string; readonly message: string }
  /** Somebody else cancels it, while it waits or runs. */
  | { readonly kind: 'is cancelled' }
  /** EC2: the cluster is ended under the running step. */
  | { readonly kind: 'is interrupted' }
  /** Serverless: waits behind others first. */
  | { readonly kind: 'is queued' }
  /** Runs until it is cancelled. */
  | { readonly kind: 'runs on' }

/** What goes wrong with requests, each as often as told: in the order of the list. */
export interface Fault {
  /** `AddJobFlowSteps`, `StartJobRun`, … */
  readonly action: string
  /**
   * `throttled`: refused, as each service does it. `internal`: 500, nothing done. `lost`: done, and the connection is cut
   * before the answer. `cut`: the connection is cut and nothing done. `forbidden`: no permission.
   */
  readonly how: 'throttled' | 'internal' | 'lost' | 'cut' | 'forbidden'
  times: number
  /** Seconds, for `throttled` and `internal`. */
  readonly retryAfter?: number
}

/** What the work of a step or job run came to. */
export interface WorkResult {
  readonly ok: boolean
  readonly stderr: string
}
