/** How long something must be wrong before the alarms of the managed services ring. */

/** Five minutes twice: one bad period is often only a deployment. */
export const FIVE_MINUTES_TWICE = { periodSeconds: 300, evaluationPeriods: 2 } as const;

/** Five single minutes in a row: for what users notice, and what no deployment causes. */
export const FIVE_MINUTES = { periodSeconds: 60, evaluationPeriods: 5 } as const;
