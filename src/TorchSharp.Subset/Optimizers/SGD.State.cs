using static TorchSharp.torch;

namespace TorchSharp.Modules;

public partial class SGD
{
    public sealed class State : OptimizerState, IDisposable
    {
        public Tensor? momentum_buffer;

        public State(Parameter parameter)
            : base(parameter)
        {
        }

        public override void Initialize(OptimizerOptions options)
        {
            momentum_buffer?.Dispose();
            momentum_buffer = null;
        }

        public override void to(Device device) => Move(ref momentum_buffer, device);

        public override void SaveStateDict(BinaryWriter writer) => SaveConditionalStateTensor(writer, momentum_buffer);

        public override void LoadStateDict(BinaryReader reader) =>
            LoadConditionalStateTensor(reader, ref momentum_buffer, _parameter.device);

        public override void LoadStateDict(OptimizerState source) => Replace(ref momentum_buffer, ((State)source).momentum_buffer, _parameter.device);

        public override bool ApproximatelyEquals(OptimizerState other) =>
            other is State state
            && (momentum_buffer is null || (state.momentum_buffer is not null && momentum_buffer.allclose(state.momentum_buffer)));

        public void Dispose()
        {
            momentum_buffer?.Dispose();
            GC.SuppressFinalize(this);
        }

        /// <summary>Adds the gradient to the momentum; returns the direction of the step.</summary>
        internal Tensor Accumulate(Tensor gradient, Options options)
        {
            double momentum = options.momentum!.Value;
            if (momentum_buffer is null) momentum_buffer = gradient.clone().detach().DetachFromDisposeScope();
            else momentum_buffer.mul_(momentum).add_(gradient, alpha: 1 - options.dampening!.Value);
            return options.nesterov!.Value ? gradient.add(momentum_buffer, alpha: momentum) : momentum_buffer;
        }
    }
}
