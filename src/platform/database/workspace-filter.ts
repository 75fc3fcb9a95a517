/**
 * The filter that keeps tenants apart in every query through the ORM: each entity with a `workspaceId` carries
 * it, it is always on, and without its parameter a query throws instead of seeing everything.
 */
export const workspaceFilter = {
  workspace: {
    name: 'workspace',
    cond: ({ id }: { id: string }) => ({ workspaceId: id }),
    default: true,
  },
};
