/** Hands a stream to the browser as a file to keep. Rejects when the stream is cut off: half a file is none. */
export async function saveFile(stream: ReadableStream<Uint8Array>, name: string): Promise<void> {
  const url = URL.createObjectURL(await new Response(stream).blob());
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  URL.revokeObjectURL(url);
}
