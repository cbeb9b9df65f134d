{{/* Rules that several network policies share. */}}

{{/* Asking for names: in the cluster, whichever its DNS is, and at a cache on the node. */}}
{{- define "todo-chatbot.egressDns" -}}
- ports:
    - port: 53
      protocol: UDP
    - port: 53
      protocol: TCP
  to:
    - namespaceSelector: {}
    {{- range .Values.networkPolicy.dnsCidrs }}
    - ipBlock:
        cidr: {{ . }}
    {{- end }}
{{- end -}}

{{/* The ports of the database: the value, and those that addresses in `secrets` name. A JSON list in `ports`. */}}
{{- define "todo-chatbot.databasePorts" -}}
{{- $ports := list (int .Values.networkPolicy.databasePort) -}}
{{- range list .Values.secrets.databaseUrl .Values.secrets.databaseDirectUrl -}}
{{- /* Past the user and the password, which may hold a colon, up to the path. */ -}}
{{- $host := regexReplaceAll "^[a-z]+://([^/?@]*@)?([^/?]*).*$" . "${2}" -}}
{{- with regexFind ":[0-9]+$" $host -}}
{{- $ports = append $ports (trimPrefix ":" . | int) -}}
{{- end -}}
{{- end -}}
{{- dict "ports" (uniq $ports) | toJson -}}
{{- end -}}

{{/* The pods of a component as a peer. Takes root, component. */}}
{{- define "todo-chatbot.peer" -}}
- podSelector:
    matchLabels:
      {{- include "todo-chatbot.netpol" . | nindent 6 }}
{{- end -}}
