/**
 * Waits until an assertion holds, and fails as it fails at the end: for what happens a moment later, which on a busy
 * machine is a longer moment. Never use it for what must not happen.
 */
export async function soon(assertion: () => void | Promise<void>, seconds = 4): Promise<void> {
  const end = performance.now() + seconds * 1000;
  for (;;) {
    try {
      await assertion();
      return;
    } catch (error) {
      if (performance.now() > end) throw error;
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  }
}
