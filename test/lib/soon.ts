/**
 * Waits until an assertion is true, and fails with its last error. For effects that happen after a
 * short time, which is longer on a busy machine. Never use it for something that must not happen.
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
