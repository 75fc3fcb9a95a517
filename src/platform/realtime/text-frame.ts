/** An event as WebSocket bytes. */
export type Frame = Buffer;

const FINAL_TEXT = 0x81;

/** A text frame, not masked, not compressed. */
export function textFrame(text: string): Frame {
  const payload = Buffer.from(text);
  return Buffer.concat([header(payload.length), payload]);
}

/** The head of a final, unmasked text frame (RFC 6455, 5.2). */
function header(length: number): Buffer {
  const head = Buffer.alloc(length < 126 ? 2 : length < 65_536 ? 4 : 10, FINAL_TEXT);
  if (head.length === 2) head.writeUInt8(length, 1);
  else if (head.length === 4) head.writeUInt16BE(length, head.writeUInt8(126, 1));
  else head.writeBigUInt64BE(BigInt(length), head.writeUInt8(127, 1));
  return head;
}
