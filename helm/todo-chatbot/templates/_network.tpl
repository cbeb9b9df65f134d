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

{{/* The pods of a component as a peer. Takes root, component. */}}
{{- define "todo-chatbot.peer" -}}
- podSelector:
    matchLabels:
      {{- include "todo-chatbot.netpol" . | nindent 6 }}
{{- end -}}
