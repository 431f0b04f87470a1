/** The advisory locks of the whole installation, in one place so that no two share a number. */
export const advisoryLocks = {
  migration: 4_715_001,
  housekeeping: 4_715_002,
  partitions: 4_715_003,
  signingKeys: 4_715_004,
  seeding: 4_715_005,
  checkpoints: 4_715_006,
} as const;
