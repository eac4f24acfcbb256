// Replaces @smithy/core/event-streams in the bundles: no operation that the functions call has a stream of events, and the
// clients load the module only for one that has.

/** Says so, should a later operation need it. */
export class EventStreamSerde {
  constructor() {
    throw new Error("event streams are not in the bundle: see infra/node-function.ts");
  }
}
