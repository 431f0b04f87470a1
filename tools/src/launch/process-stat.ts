/*
 * Fields of Linux's /proc/PID/stat (proc_pid_stat(5)). The command in it may hold spaces, but ends at the last `)`.
 */
const fieldsAfterCommand = (stat: string): readonly string[] => stat.slice(stat.lastIndexOf(')') + 2).split(' ');

/** Field 4: the parent's process number. */
export const parentIn = (stat: string): number => Number(fieldsAfterCommand(stat)[1]);

/** Field 22: when the process started, in clock ticks since boot. */
export const startIn = (stat: string): string | undefined => fieldsAfterCommand(stat)[19];
