const NOBODY = 65534;

/** Whether this process can act as someone else. */
export const canBeNobody: boolean = process.geteuid?.() === 0 && process.setgroups !== undefined;

/** Does something with the rights of one who is not root. */
export async function asNobody<T>(act: () => Promise<T>): Promise<T> {
  const groups = process.getgroups?.() ?? [];
  process.setgroups?.([]);
  process.setegid?.(NOBODY);
  process.seteuid?.(NOBODY);
  try {
    return await act();
  } finally {
    process.seteuid?.(0);
    process.setegid?.(0);
    process.setgroups?.(groups);
  }
}
