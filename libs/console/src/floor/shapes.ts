/** Presence as a shape: told apart without colour. */
import type { PresenceState } from '#client';

/** Draws the shape of a state around a middle point; the colours are the caller's. */
export function drawPresence(
  context: CanvasRenderingContext2D,
  state: PresenceState,
  x: number,
  y: number,
  radius: number,
  colour: string,
): void {
  context.fillStyle = colour;
  context.strokeStyle = colour;
  context.beginPath();
  if (state === 'available') context.arc(x, y, radius, 0, Math.PI * 2);
  else if (state === 'busy') context.rect(x - radius * 0.88, y - radius * 0.88, radius * 1.76, radius * 1.76);
  else if (state === 'away') triangle(context, x, y, radius);
  else context.arc(x, y, radius - 0.8, 0, Math.PI * 2);
  if (state !== 'offline') return context.fill();
  context.lineWidth = 1.6;
  context.stroke();
}

function triangle(context: CanvasRenderingContext2D, x: number, y: number, radius: number): void {
  context.moveTo(x, y - radius);
  context.lineTo(x + radius, y + radius * 0.85);
  context.lineTo(x - radius, y + radius * 0.85);
  context.closePath();
}
