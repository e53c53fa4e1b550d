import { expect, it } from 'vitest'
import { told } from '../fixtures/unit.ts'

const variable = (name: string) => `$${`{${name}}`}`

it('reads build scripts in both languages', () => {
  const files = {
    'gradle.properties': 'ktorVersion=2.3.0\n',
    'build.gradle': `
buildscript { ext.kotlin_version = '1.9.0'
  dependencies { classpath "org.jetbrains.kotlin:kotlin-gradle-plugin:$kotlin_version" } }
ext { versions = [ okhttp: '4.11.0', twice: '1' ]; other = [ twice: '2' ] }
`,
    'app/build.gradle': `
plugins { id 'org.springframework.boot' version '3.1.0' }
/* implementation 'org.a:gone:1.0' */
dependencies {
  implementation 'org.a:one:1.0' // implementation 'org.a:gone:1.0'
  implementation "com.squareup.okhttp3:okhttp:${variable('rootProject.ext.versions.okhttp')}"
  api("io.ktor:ktor-client:$ktorVersion@aar")
  testImplementation group: 'org.a', name: 'two', version: '2.0'
  implementation "org.a:twice:${variable('versions.twice')}"
  compileOnly 'org.a:ranged:1.+', 'x'
  implementation 'org.springframework.boot:spring-boot-starter-web'
  implementation platform('com.fasterxml.jackson:jackson-bom:2.15.2')
  runtimeOnly 'com.fasterxml.jackson.core:jackson-databind'
  annotationProcessor 'org.a:lombok'
  implementation project(':core')
  implementation files('libs/a.jar')
}
`,
    'web/build.gradle.kts': `
val http = "3.0"
dependencies {
    implementation("org.a:http:${variable('http')}")
    implementation(libs.one)
}
`,
  }
  expect(told(files)).toEqual([
    'org.jetbrains.kotlin:kotlin-gradle-plugin: org.jetbrains.kotlin:kotlin-gradle-plugin@1.9.0' +
      ' direct dev',
    'org.a:one: org.a:one@1.0 direct',
    'com.squareup.okhttp3:okhttp: com.squareup.okhttp3:okhttp@4.11.0 direct',
    'io.ktor:ktor-client: io.ktor:ktor-client@2.3.0 direct',
    'two: org.a:two@2.0 direct dev',
    'org.a:twice: org.a:twice@(null) direct',
    'org.a:ranged: org.a:ranged@(1.+) direct',
    'org.springframework.boot:spring-boot-starter-web:' +
      ' org.springframework.boot:spring-boot-starter-web@3.1.0 direct',
    'com.fasterxml.jackson.core:jackson-databind:' +
      ' com.fasterxml.jackson.core:jackson-databind@2.15.2 direct',
    'org.a:lombok: org.a:lombok@(null) direct dev',
    'org.a:http: org.a:http@3.0 direct',
  ])
})

it('reads version catalogs', () => {
  const catalog = `[versions]
okhttp = "4.11.0"
strict = { strictly = "[1.0, 2.0)", prefer = "1.5" }
[libraries]
okhttp = { module = "com.squareup.okhttp3:okhttp", version.ref = "okhttp" }
strict = { group = "org.a", name = "strict", version.ref = "strict" }
plain = "org.a:plain:1.0"
managed = { module = "org.a:managed" }
[plugins]
android = { id = "com.android.application", version = "8.0" }
`
  expect(told({ 'gradle/libs.versions.toml': catalog })).toEqual([
    'okhttp: com.squareup.okhttp3:okhttp@4.11.0 direct',
    'strict: org.a:strict@([1.0, 2.0)) direct',
    'plain: org.a:plain@1.0 direct',
    'managed: org.a:managed@(null) direct',
  ])
})

it('reads gradle.lockfile instead of the script beside it', () => {
  const files = {
    'gradle.lockfile':
      '# comment\norg.a:one:1.0=compileClasspath,testCompileClasspath\norg.a:two:2.0=testRuntime\n',
    'build.gradle': "dependencies { implementation 'org.a:one:0.1' }",
  }
  expect(told(files)).toEqual([
    'org.a:one: org.a:one@1.0 unknown',
    'org.a:two: org.a:two@2.0 unknown dev',
  ])
})
