// Small primes, for keys that should have none as a factor.

export function primesBelow(limit: number): number[] {
  const primes: number[] = []
  for (let number = 2; number < limit; number++) {
    if (primes.every((prime) => number % prime !== 0)) primes.push(number)
  }
  return primes
}
