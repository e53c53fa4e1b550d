// Ends the reading of one file, for a reason that its report repeats.

export class Unreadable extends Error {}
