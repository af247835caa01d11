/** A rule broken on purpose: in `file` the text `from`, which is there once, becomes `to`; then `test`, which cites the promise, has to fail. */
export interface Mutation {
  promise: string;
  /** What is broken, for people. */
  name: string;
  file: string;
  from: string;
  to: string;
  test: string;
}

/** Mutations of one promise that one test notices. */
export const of =
  (promise: string, test: string) =>
  (file: string, name: string, from: string, to: string): Mutation => ({ promise, name, file, from, to, test });
