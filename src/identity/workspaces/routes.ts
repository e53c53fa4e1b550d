// /trust/api/workspaces
import { originOf } from '../../platform/http/origin.ts'
import { type Route, route } from '../../platform/http/route.ts'
import {
  NameWorkspace,
  OneDeletedWorkspace,
  OneWorkspace,
  WorkspaceList,
  WorkspaceMemberList,
  WorkspaceMemberPath,
  WorkspacePath,
} from './schema.ts'
import type { WorkspaceService } from './service.ts'

const shared = { tag: 'Workspaces', permission: 'session', status: 200 } as const

export function workspaceRoutes(service: WorkspaceService): Route[] {
  return [
    route({
      ...shared,
      method: 'GET',
      path: '/api/workspaces',
      operationId: 'listWorkspaces',
      summary: 'List the workspaces of this organization that you are in',
      reply: WorkspaceList,
      handle: async ({ caller }) => ({ data: await service.list(caller) }),
    }),
    route({
      ...shared,
      method: 'POST',
      path: '/api/workspaces',
      operationId: 'createWorkspace',
      summary: 'Create a workspace',
      status: 201,
      body: NameWorkspace,
      reply: OneWorkspace,
      errors: ['conflict'],
      handle: async (request) => ({
        data: await service.create(originOf(request), request.body.name),
      }),
    }),
    route({
      ...shared,
      method: 'PATCH',
      path: '/api/workspaces/:workspace_id',
      operationId: 'renameWorkspace',
      summary: 'Give a workspace another name',
      params: WorkspacePath,
      body: NameWorkspace,
      reply: OneWorkspace,
      errors: ['workspace_not_found'],
      handle: async (request) => {
        const { workspace_id: id } = request.params
        return { data: await service.rename(originOf(request), id, request.body.name) }
      },
    }),
    route({
      ...shared,
      method: 'DELETE',
      path: '/api/workspaces/:workspace_id',
      operationId: 'deleteWorkspace',
      summary: 'Delete a workspace; its keys and clients end at once',
      params: WorkspacePath,
      reply: OneDeletedWorkspace,
      errors: ['workspace_not_found', 'workspace_in_use'],
      handle: async (request) => ({
        data: await service.remove(originOf(request), request.params.workspace_id),
      }),
    }),
    ...memberRoutes(service),
  ]
}

function memberRoutes(service: WorkspaceService): Route[] {
  const path = '/api/workspaces/:workspace_id/members'
  return [
    route({
      ...shared,
      method: 'GET',
      path,
      operationId: 'listWorkspaceMembers',
      summary: 'List who is in a workspace, owners and admins included',
      params: WorkspacePath,
      reply: WorkspaceMemberList,
      errors: ['workspace_not_found'],
      handle: async ({ caller, params }) => ({
        data: await service.members(caller, params.workspace_id),
      }),
    }),
    route({
      ...shared,
      method: 'PUT',
      path: `${path}/:user_id`,
      operationId: 'addWorkspaceMember',
      summary: 'Put somebody of the organization into a workspace',
      params: WorkspaceMemberPath,
      reply: WorkspaceMemberList,
      errors: ['workspace_not_found', 'user_not_found', 'role_exceeds_own'],
      handle: async (request) => {
        const { workspace_id: workspaceId, user_id: userId } = request.params
        return { data: await service.put(originOf(request), { workspaceId, userId }) }
      },
    }),
    route({
      ...shared,
      method: 'DELETE',
      path: `${path}/:user_id`,
      operationId: 'removeWorkspaceMember',
      summary: 'Take somebody out of a workspace',
      params: WorkspaceMemberPath,
      reply: WorkspaceMemberList,
      errors: ['workspace_not_found', 'user_not_found', 'role_exceeds_own'],
      handle: async (request) => {
        const { workspace_id: workspaceId, user_id: userId } = request.params
        return { data: await service.take(originOf(request), { workspaceId, userId }) }
      },
    }),
  ]
}
