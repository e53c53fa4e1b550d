import { expect, it } from 'vitest'
import { scanUnit, told } from '../fixtures/unit.ts'

it('reads packages.lock.json', () => {
  const lock = {
    version: 1,
    dependencies: {
      'net8.0': {
        'A.One': {
          type: 'Direct',
          requested: '[1.0.0, )',
          resolved: '1.2.3',
          contentHash: 'abc==',
          dependencies: { 'a.two': '2.0.0' },
        },
        'A.Two': { type: 'Transitive', resolved: '2.0.0' },
        own: { type: 'Project', dependencies: { 'A.Two': '2.0.0' } },
      },
      net48: { 'A.Two': { type: 'Transitive', resolved: '2.0.0' } },
    },
  }
  const files = {
    'a/packages.lock.json': JSON.stringify(lock, null, 2),
    'a/a.csproj':
      '<Project><ItemGroup><PackageReference Include="B" Version="1.0.0"/></ItemGroup></Project>',
  }
  expect(told(files)).toEqual([
    'A.One: A.One@1.2.3 direct',
    'A.Two: A.Two@2.0.0 indirect by A.One@1.2.3',
  ])
  expect(scanUnit(files).packages[0]).toMatchObject({
    integrity: 'sha512-abc==',
    dependsOn: ['A.Two@2.0.0'],
  })
})

it('reads projects with central versions, properties and imports', () => {
  const files = {
    'Directory.Packages.props': `<Project>
  <ItemGroup>
    <PackageVersion Include="Central.A" Version="$(AVersion)" />
    <PackageVersion Include="Central.B" Version="2.0.0" />
    <GlobalPackageReference Include="Analyzer" Version="5.0.0" PrivateAssets="all" />
  </ItemGroup>
</Project>`,
    'Directory.Build.props': '<Project><Import Project="eng/versions.props"/></Project>',
    'eng/versions.props':
      '<Project><PropertyGroup><AVersion>1.1.0</AVersion><Loop>$(Loop)</Loop></PropertyGroup>' +
      '</Project>',
    'src/App/App.csproj': `<Project Sdk="Microsoft.NET.Sdk">
  <ItemGroup Condition="'$(TargetFramework)' == 'net8.0'">
    <PackageReference Include="central.a" />
    <PackageReference Include="Central.B" VersionOverride="2.5.0" />
    <PackageReference Include="Own.C"><Version>[3.0.0]</Version></PackageReference>
    <PackageReference Include='Range.D' Version='4.*' />
    <PackageReference Include="Unknown.E" Version="$(Nowhere)" />
    <PackageReference Include="Looped.F" Version="$(Loop)" />
    <PackageReference Include="Tool.G" Version="1.0.0">
      <PrivateAssets>All</PrivateAssets>
    </PackageReference>
    <ProjectReference Include="../Core/Core.csproj" />
  </ItemGroup>
</Project>`,
    'test/App.Tests.fsproj': `<Project><ItemGroup>
  <PackageReference Include="Microsoft.NET.Test.Sdk" Version="17.0.0" />
</ItemGroup></Project>`,
  }
  expect(told(files)).toEqual([
    'Analyzer: Analyzer@5.0.0 direct dev',
    'central.a: central.a@1.1.0 direct',
    'Central.B: Central.B@2.5.0 direct',
    'Own.C: Own.C@3.0.0 direct',
    'Range.D: Range.D@(4.*) direct',
    'Unknown.E: Unknown.E@(null) direct',
    'Looped.F: Looped.F@(null) direct',
    'Tool.G: Tool.G@1.0.0 direct dev',
    'Microsoft.NET.Test.Sdk: Microsoft.NET.Test.Sdk@17.0.0 direct dev',
  ])
})

it('reads packages.config', () => {
  const text = `<?xml version="1.0"?>
<packages>
  <package id="A.One" version="1.2.3" targetFramework="net48" />
  <package id="Build" version="1.0.0" developmentDependency="true" />
</packages>`
  expect(told({ 'packages.config': text })).toEqual([
    'A.One: A.One@1.2.3 unknown',
    'Build: Build@1.0.0 unknown dev',
  ])
})
