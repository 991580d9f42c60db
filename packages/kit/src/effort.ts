/**
 * Processor time that this thread has taken, milliseconds: what work costs, whatever else the machine does at the moment. For bounds on how a cost
 * grows; the clock on the wall would say how busy the machine is.
 */
export function processorMs(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1000;
}
