// What became of a check, as its row keeps it.

export type Outcome =
  | { kind: 'pack'; pack_id: string; grade: string; score: number }
  | { kind: 'failed'; code: string; message: string }
  | { kind: 'quota'; limit: number; resets_at: string }
