/** A parameter of a callback. */
export type Parameter = readonly [name: string, value: string];

/**
 * Returns parameters in the order in which Twilio sends them: that of a Java HashMap, which recorded bodies of 10 to 31 keys have.
 *
 * @param parameters - in the order in which they are put into the map, which decides within a bucket.
 * @see https://github.com/openjdk/jdk/blob/master/src/java.base/share/classes/java/util/HashMap.java
 */
export function inWireOrder(parameters: readonly Parameter[]): Parameter[] {
  let buckets = 16;
  while (parameters.length > 0.75 * buckets) buckets *= 2;
  const bucketOf = ([name]: Parameter) => hashOf(name) & (buckets - 1);
  return [...parameters].sort((one, other) => bucketOf(one) - bucketOf(other));
}

function hashOf(name: string): number {
  let hash = 0;
  for (let index = 0; index < name.length; index++) hash = (Math.imul(hash, 31) + name.charCodeAt(index)) | 0;
  return hash ^ (hash >>> 16);
}
