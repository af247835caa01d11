/** The machine's monotonic clock in milliseconds: never set back, and the same for every process of this machine. */
export const machineNowMs = (): number => Number(process.hrtime.bigint()) / 1e6;
