/** Half-open, in frames of the session's timeline. */
export interface FrameRange {
  from: number;
  to: number;
}
