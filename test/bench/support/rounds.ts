/** Measures every subject once a round, in turn (A B A B …), so that what disturbs the machine disturbs all alike. */
export async function interleave<Subject, Measured>(
  subjects: readonly Subject[],
  rounds: number,
  measure: (subject: Subject) => Promise<Measured>,
): Promise<Map<Subject, Measured[]>> {
  const measured = new Map<Subject, Measured[]>(subjects.map((subject) => [subject, []]));
  for (let round = 0; round < rounds; round++) {
    for (const subject of subjects) measured.get(subject)?.push(await measure(subject));
  }
  return measured;
}
