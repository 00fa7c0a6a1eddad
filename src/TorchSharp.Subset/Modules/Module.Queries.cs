using TorchSharp.Modules;

namespace TorchSharp;

public static partial class torch
{
    public static partial class nn
    {
        public partial class Module
        {
            /// <summary>The parameters under dotted names, each once, in the order of registration.</summary>
            public virtual IEnumerable<(string name, Parameter parameter)> named_parameters(bool recurse = true)
            {
                var seen = new HashSet<IntPtr>();
                foreach ((string own, Parameter parameter) in _parameters)
                {
                    if (!parameter.IsInvalid && seen.Add(parameter.Handle)) yield return (own, parameter);
                }
                if (!recurse) yield break;
                foreach ((string child, Module module) in _modules)
                {
                    foreach ((string inner, Parameter parameter) in module.named_parameters())
                    {
                        if (seen.Add(parameter.Handle)) yield return ($"{child}.{inner}", parameter);
                    }
                }
            }

            public virtual IEnumerable<Parameter> parameters(bool recurse = true) => named_parameters(recurse).Select(p => p.parameter);

            /// <summary>The persistent buffers under dotted names. Others never show, as in TorchSharp 0.107; nor are they moved.</summary>
            public virtual IEnumerable<(string name, Tensor buffer)> named_buffers(bool recurse = true, bool include_nonpersistent = true)
            {
                var seen = new HashSet<IntPtr>();
                foreach ((string own, (Tensor buffer, bool persistent)) in _buffers)
                {
                    if (!buffer.IsInvalid && persistent && seen.Add(buffer.Handle)) yield return (own, buffer);
                }
                if (!recurse) yield break;
                foreach ((string child, Module module) in _modules)
                {
                    foreach ((string inner, Tensor buffer) in module.named_buffers(true, include_nonpersistent))
                    {
                        if (seen.Add(buffer.Handle)) yield return ($"{child}.{inner}", buffer);
                    }
                }
            }

            public virtual IEnumerable<Tensor> buffers(bool recurse = true, bool include_nonpersistent = true) =>
                named_buffers(recurse, include_nonpersistent).Select(b => b.buffer);

            public virtual IEnumerable<(string name, Module module)> named_children() => _modules;

            public virtual IEnumerable<Module> children() => named_children().Select(c => c.module);

            /// <summary>The children, then what is inside them.</summary>
            public virtual IEnumerable<(string name, Module module)> named_modules()
            {
                foreach ((string child, Module module) in _modules) yield return (child, module);
                foreach ((string child, Module module) in _modules)
                {
                    foreach ((string inner, Module further) in module.named_modules()) yield return ($"{child}.{inner}", further);
                }
            }

            public virtual IEnumerable<Module> modules() => named_modules().Select(m => m.module);

            public virtual bool has_parameter(string target) => get_parameter(target) is not null;

            public virtual bool has_buffer(string target) => get_buffer(target) is not null;

            public virtual Parameter? get_parameter(string target)
            {
                if (_parameters.TryGet(target, out Parameter parameter)) return parameter;
                (Module? child, string rest) = Step(target);
                return child?.get_parameter(rest);
            }

            public virtual Tensor? get_buffer(string target)
            {
                if (_buffers.TryGet(target, out (Tensor Tensor, bool Persistent) buffer)) return buffer.Tensor;
                (Module? child, string rest) = Step(target);
                return child?.get_buffer(rest);
            }

            /// <summary>The child that a dotted name begins with, and the rest of the name.</summary>
            private (Module? Child, string Remainder) Step(string target)
            {
                int dot = target.IndexOf('.');
                if (dot < 0) return (null, "");
                Module? child = named_children().FirstOrDefault(c => c.name == target[..dot]).module;
                return (child, target[(dot + 1)..]);
            }
        }
    }
}
