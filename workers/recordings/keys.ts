/** Where R2 keeps things. A session's objects share a prefix, so that its deletion can find them without asking D1. */
export const sessionPrefix = (sessionId: string) => `recordings/${sessionId}/`;
