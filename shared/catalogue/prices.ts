// Prices of AWS, for the plan of a run, the cost document and the dashboard.

/** List prices in US dollars, us-east-1, 2026. Other regions cost 10 to 60 % more. */
export const prices = {
  /** arm64 */
  lambdaGigabyteSecond: 0.0000133334,
  lambdaRequest: 0.2e-6,
  /** Aurora Standard. */
  capacityUnitHour: 0.12,
  storageGigabyteMonth: 0.1,
  ioRequest: 0.2e-6,
  /** Of 32 KB, both ways together. */
  dataApiRequest: 0.35e-6,
  queueRequest: 0.4e-6,
  apiRequest: 1e-6,
  secretMonth: 0.4,
  logGigabyte: 0.5,
  metricMonth: 0.3,
  alarmMonth: 0.1,
  dashboardMonth: 3,
  gatewayHour: 0.045,
  /** t4g.nano, and its disk of 8 GB. */
  natInstanceHour: 0.0042,
  natDiskMonth: 0.64,
  addressHour: 0.005,
} as const;

/** Minutes without use after which the database pauses; a paused database costs only its storage. */
export const pauseMinutes = 10;
