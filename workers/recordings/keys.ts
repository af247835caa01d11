export const RECORDINGS_PREFIX = "recordings/";
/** Where R2 keeps things. A session's objects share a prefix, so that its deletion can find them without asking D1. */
export const sessionPrefix = (sessionId: string) => `recordings/${sessionId}/`;
/** The stem itself. */
export const objectKey = (sessionId: string, recordingId: string) => `${sessionPrefix(sessionId)}${recordingId}.wav`;
/** Its waveform, as protocol/recordings.ts describes it. */
export const peaksKey = (sessionId: string, recordingId: string) => `${sessionPrefix(sessionId)}${recordingId}.peaks`;
