import pg from 'pg';

/**
 * Runs `work`, which only reads, in one snapshot: whatever it reads, it reads of the same moment; with a workspace, of
 * that one only.
 */
export async function inSnapshot<T>(
  pool: pg.Pool,
  work: (client: pg.PoolClient) => Promise<T>,
  workspaceId?: string,
): Promise<T> {
  const client = await pool.connect();
  try {
    await client.query(`begin isolation level repeatable read read only${workspaceId ? setting(workspaceId) : ''}`);
    const result = await work(client);
    await client.query('commit');
    client.release();
    return result;
  } catch (error) {
    client.release(true);
    throw error;
  }
}

function setting(workspaceId: string): string {
  return `; set local muster.workspace = ${pg.escapeLiteral(workspaceId)}`;
}
