/** Calls about sessions as any client makes them, on a node of one's choice: without what the SDK does by itself. */
import { equal } from 'node:assert/strict';
import type { LoginAnswer, Problem } from '#contracts';
import type { TestInstallation } from './nodes.js';

export class SessionCalls {
  constructor(private readonly installation: () => TestInstallation) {}

  async get(path: string, bearer: string, method = 'GET', node = 0): Promise<Partial<Problem>> {
    const answer = await this.fetch(path, node, { method, headers: { authorization: `Bearer ${bearer}` } });
    return { ...((await answer.json()) as object), status: answer.status };
  }

  async refresh(refreshToken: string, node = 0): Promise<{ status: number; code?: string }> {
    const headers = { 'content-type': 'application/json' };
    const body = JSON.stringify({ refreshToken });
    const answer = await this.fetch('/auth/refresh', node, { method: 'POST', headers, body });
    return { ...((await answer.json()) as object), status: answer.status };
  }

  /** A refresh that has to succeed. */
  async refreshed(refreshToken: string, node = 0): Promise<LoginAnswer> {
    const answer = await this.refresh(refreshToken, node);
    equal(answer.status, 200);
    return answer as unknown as LoginAnswer;
  }

  private fetch(path: string, node: number, init: RequestInit): Promise<Response> {
    return fetch(`${this.installation().nodes[node]?.url}/api/v1${path}`, init);
  }
}
