const NOBODY = 65534;

/** Whether this process can become another user. */
export const canBeNobody: boolean = process.geteuid?.() === 0 && process.setgroups !== undefined;

/** Runs `act` as the user nobody. */
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
