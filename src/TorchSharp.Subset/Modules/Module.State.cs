using TorchSharp.Modules;

namespace TorchSharp;

public static partial class torch
{
    public static partial class nn
    {
        public partial class Module
        {
            /// <summary>The parameters and persistent buffers themselves, not copies, under dotted names.</summary>
            public virtual Dictionary<string, Tensor> state_dict(Dictionary<string, Tensor>? destination = null, string? prefix = null)
            {
                destination ??= [];
                foreach ((string own, Parameter parameter) in named_parameters()) destination.TryAdd(Key(own), parameter);
                foreach ((string own, Tensor buffer) in named_buffers(include_nonpersistent: false)) destination.TryAdd(Key(own), buffer);
                foreach ((string child, Module module) in _modules) module.state_dict(destination, Key(child));
                return destination;

                string Key(string own) => string.IsNullOrEmpty(prefix) ? own : $"{prefix}.{own}";
            }

            /// <summary>Copies values in; with <paramref name="strict"/> the names must be the same on both sides.</summary>
            public virtual (IList<string> missing_keys, IList<string> unexpected_keyes) load_state_dict(
                Dictionary<string, Tensor> source, bool strict = true, IList<string>? skip = null)
            {
                skip ??= [];
                Dictionary<string, Tensor> destination = state_dict();
                List<string> unexpected = [.. source.Keys.Where(key => !skip.Contains(key) && !destination.ContainsKey(key))];
                List<string> missing = [.. destination.Keys.Where(key => !skip.Contains(key) && !source.ContainsKey(key))];
                if (strict && (missing.Count > 0 || unexpected.Count > 0))
                    throw new InvalidOperationException("The loaded state_dict is not identical to the target dictionary.");

                using (no_grad())
                {
                    foreach ((string key, Tensor value) in source)
                    {
                        if (!skip.Contains(key) && destination.TryGetValue(key, out Tensor? target)) target.copy_(value);
                    }
                }
                return (missing, unexpected);
            }
        }
    }
}
