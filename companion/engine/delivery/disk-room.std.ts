/** What deliveries leave of a disk: a quarter of an hour of sixteen inputs at 24 bit and 48 kHz, for what is recorded here meanwhile. */
export const DISK_RESERVE_BYTES = 2e9;
/** What a companion brings without asking, of one session and since it was opened: an evening's takes of a band. */
export const UNASKED_BYTES = 4e9;

export type DeliveryVerdict = "fetch" | "ask" | "no-room";

/**
 * Whether a stem that somebody else has shared comes by itself. It takes its size twice, as it was played and laid in place; what others share
 * must neither fill the disk that a take is being recorded on nor come by the hundred gigabytes unasked.
 */
export function deliveryVerdict(
  sizeBytes: number,
  { freeBytes, unaskedBytes, isAllowed }: { freeBytes: number; unaskedBytes: number; isAllowed: boolean },
): DeliveryVerdict {
  if (freeBytes - 2 * sizeBytes < DISK_RESERVE_BYTES) return "no-room";
  return isAllowed || unaskedBytes + sizeBytes <= UNASKED_BYTES ? "fetch" : "ask";
}
