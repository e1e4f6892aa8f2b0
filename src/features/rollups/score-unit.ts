/** Scores are kept in millionths. */
export const SCORE_UNIT = 1e6;
