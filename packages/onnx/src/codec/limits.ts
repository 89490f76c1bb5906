/** Largest serialized message in bytes, 2³¹ - 1. Source: protobuf's documentation, "Size limits". */
export const MAX_MODEL_BYTES = 2_147_483_647;

/** Deepest nesting of messages that is read: protobuf's usual limit. A subgraph takes three levels. */
export const MAX_MESSAGE_DEPTH = 100;
