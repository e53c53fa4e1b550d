// Lists of versions (BOMs) that are not in the repository, but give all artifacts of their own
// family the version that they have themselves: so that version is known without asking anybody.

export interface MavenArtifact {
  groupId: string
  artifactId: string
  version: string
}

/** `outside`: parents and imported lists, the nearest first. */
export function familyVersion(name: string, outside: readonly MavenArtifact[]): string | null {
  for (const { groupId, artifactId, version } of outside) {
    const members = families.get(`${groupId}:${artifactId}`)
    // A fourth number is a repair of the list, or of single members.
    if (members?.test(name) && /^\d+\.\d+\.\d+(?:[.-][A-Za-z]\w*)?$/.test(version)) return version
  }
  return null
}

const springBoot = /^org\.springframework\.boot:/

const families = new Map([
  ['org.springframework.boot:spring-boot-starter-parent', springBoot],
  ['org.springframework.boot:spring-boot-dependencies', springBoot],
  ['org.springframework:spring-framework-bom', /^org\.springframework:/],
  ['org.springframework.security:spring-security-bom', /^org\.springframework\.security:/],
  ['com.fasterxml.jackson:jackson-bom', /^com\.fasterxml\.jackson\.(?!jr)/],
  ['org.apache.logging.log4j:log4j-bom', /^org\.apache\.logging\.log4j:/],
  ['io.netty:netty-bom', /^io\.netty:netty-(?!tcnative)/],
  ['org.eclipse.jetty:jetty-bom', /^org\.eclipse\.jetty(?:\.|:)/],
  ['org.junit:junit-bom', /^org\.junit\.jupiter:/],
  ['io.grpc:grpc-bom', /^io\.grpc:/],
  ['io.quarkus:quarkus-bom', /^io\.quarkus:/],
  ['io.quarkus.platform:quarkus-bom', /^io\.quarkus:/],
  ['software.amazon.awssdk:bom', /^software\.amazon\.awssdk:/],
  ['com.amazonaws:aws-java-sdk-bom', /^com\.amazonaws:aws-java-sdk/],
  ['org.jetbrains.kotlin:kotlin-bom', /^org\.jetbrains\.kotlin:/],
])
