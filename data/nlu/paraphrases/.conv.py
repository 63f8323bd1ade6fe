import sys,os,re,yaml
cur=None;sec=None;D={}
def load(f):
    p=f+'.yml'
    r={'says':[],'near':[]}
    if os.path.exists(p):
        for b in yaml.safe_load(open(p))['nlu']:
            k=b['lookup'].split('=')[0]
            r[k]=[l[2:] for l in b['examples'].strip().split('\n')]
    return r
norm=lambda s:re.sub(r'[^a-z0-9 ]','',s.lower()).strip()
for l in sys.stdin:
    l=l.strip()
    if not l: continue
    if l[0]=='@': cur=l[1:].strip();D.setdefault(cur,load(cur));sec='says';continue
    if l=='---': sec='near';continue
    if l=='+++': sec='says';continue
    D[cur][sec].append(l)
for f,r in D.items():
    seen={}
    for k in ('says','near'):
        out=[]
        for s in r[k]:
            n=norm(s)
            if n in seen:
                print('dup',f,k,seen[n],s);continue
            w=len(s.split())
            if k=='says' and (w<2 or w>22): print('len',f,w,s)
            if re.search(r'[\[\]{}()]',s): print('br',s)
            seen[n]=k;out.append(s)
        r[k]=out
    with open(f+'.yml','w') as o:
        o.write('version: "3.1"\nnlu:\n')
        for k in ('says','near'):
            o.write(f'- lookup: "{k}={f}"\n  examples: |\n')
            for s in r[k]: o.write(f'    - {s}\n')
    print(f,len(r['says']),len(r['near']))
