using TorchSharp.Modules;

namespace TorchSharp;

public static partial class torch
{
    public static partial class nn
    {
        /// <summary>
        /// A part of a model: parameters, buffers and further modules under names. A derived class assigns them to fields and calls
        /// <see cref="RegisterComponents"/> at the end of its constructor.
        /// </summary>
        public partial class Module : IDisposable
        {
            private bool _disposed;

            protected string? name;

            protected Module(string name) => this.name = name;

            ~Module() => Dispose(false);

            public virtual string GetName() => name ?? "";

            public virtual bool training => _training;

            private bool _training = true;

            public virtual void train(bool train = true)
            {
                _training = train;
                foreach ((_, Module module) in named_children()) module.train(train);
            }

            public virtual void eval() => train(false);

            /// <summary>Applies a function to the children and then to the module itself.</summary>
            public virtual Module apply(Action<Module> fn)
            {
                foreach ((_, Module module) in _modules) module.apply(fn);
                fn(this);
                return this;
            }

            public virtual void zero_grad(bool set_to_none = true)
            {
                foreach ((_, Parameter parameter) in named_parameters())
                {
                    using Tensor? grad = parameter.grad;
                    if (grad is null) continue;
                    if (set_to_none) parameter.grad = null;
                    else grad.zero_();
                }
            }

            public void Dispose()
            {
                Dispose(true);
                GC.SuppressFinalize(this);
            }

            /// <summary>Disposes the module's parameters, buffers and modules.</summary>
            protected virtual void Dispose(bool disposing)
            {
                if (!disposing || _disposed) return;
                _disposed = true;
                foreach ((_, Tensor buffer) in named_buffers(false).ToList()) buffer.DetachFromDisposeScope().Dispose();
                foreach ((_, Parameter parameter) in named_parameters(false).ToList()) parameter.DetachFromDisposeScope().Dispose();
                foreach ((_, Module module) in named_modules().ToList()) module.Dispose();
            }
        }
    }
}
